/**
 * The edition of the notice on personal data that people agree to (PIPL 17): when they register, or before they apply. A page says which
 * one it has shown: one that was loaded before a new edition shows the old one.
 */
export const CONSENT_VERSION = '2026-2'
