declare global {
  namespace App {
    interface Error {
      message: string
      /** the page's code did not come: the network or the server is away, and nothing is wrong with the page */
      notFetched?: boolean
    }
  }
}

export {}
