// Types for the part of `fb` that graph-client.ts uses; the package ships none.
declare module 'fb' {
  export interface FacebookOptions {
    version?: string
    appId?: string
    appSecret?: string
    accessToken?: string
    timeout?: number
    userAgent?: string
    Promise?: PromiseConstructor
  }
  /** Rejects with a FacebookApiException, whose `response` is what Graph answered. */
  export class Facebook {
    constructor(options?: FacebookOptions)
    api(path: string, method: 'get' | 'post' | 'delete' | 'put', params: Record<string, unknown>): Promise<unknown>
  }
}
