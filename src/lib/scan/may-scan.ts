/** Whether this browser can scan: workers that draw (Safari from 16.4, Chromium and Firefox for years). */
export const mayScan = (): boolean => typeof Worker !== 'undefined' && typeof OffscreenCanvas !== 'undefined'
