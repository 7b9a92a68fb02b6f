/** Pages are looked for in pictures of this size, pixels of the long side: the camera's frames are drawn so, photos are reduced. */
export const FRAME_LONG_SIDE = 480
