/** From this confidence of `detectPage` on, a page may be captured without a tap. */
export const AUTO_CAPTURE_CONFIDENCE = 0.97
