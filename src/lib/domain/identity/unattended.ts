/** Header of what a page asks by itself while nobody is there: it keeps no session from its idle end (ASVS 7.3.1). */
export const UNATTENDED = 'x-unattended'
