/** Drawn at the build: who comes for the first time reads where to sign in before a line of our JavaScript has run. */
export const ssr = true
export const prerender = true
