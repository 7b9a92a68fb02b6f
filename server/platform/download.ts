/** Headers of a file that is fetched to be kept: what is in it stays in no cache. */
export const downloadHeaders = (fileName: string, mediaType: string): Record<string, string> => ({
  'content-type': mediaType,
  'content-disposition': `attachment; filename="export"; filename*=UTF-8''${encodeURIComponent(fileName)}`,
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-store',
})
