/** Days between asking and the end of an account: whoever signs in meanwhile keeps it. */
export const CLOSING_DAYS = 15
