/** One static page for every address: the phone draws, the server only answers. */
export const ssr = false
export const prerender = false
