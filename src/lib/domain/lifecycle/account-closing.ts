/** Days between asking and the end of an account: whoever signs in meanwhile keeps it. PIPL 50 asks for an answer, the notice says 15. */
export const CLOSING_DAYS = 15
