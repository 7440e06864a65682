import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor, type ConnectionOptions } from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;

/** gRPC's status code FAILED_PRECONDITION, after which a request is not tried again. */
const failedPrecondition = 9;

/**
 * Returns the interceptors of a connection. Requests that fail for a temporary reason are tried again, as Temporal's clients do by default.
 * If the connection is closed before the next attempt, the request fails; by default, the attempt throws in a timer (`retry` in the client's
 * `grpc-retry.js`), which ends the process.
 */
export const retryUntilClosed = (): Interceptor[] => [
  makeGrpcRetryInterceptor(defaultGrpcRetryOptions()),
  (options, nextCall) => {
    try {
      return nextCall(options) as Call;
    } catch (error) {
      return failedCall((error as Error).message);
    }
  },
];

/** Makes a call that fails as soon as it starts, in the order in which interceptors expect it: a message, then a status. */
function failedCall(details: string): Call {
  const ignore = () => undefined;
  const call: Partial<Call> = {
    start: (metadata, listener) =>
      queueMicrotask(() => {
        listener?.onReceiveMessage?.(null);
        listener?.onReceiveStatus?.({ code: failedPrecondition, details, metadata });
      }),
    ...{
      sendMessage: ignore,
      sendMessageWithContext: ignore,
      startRead: ignore,
      halfClose: ignore,
      cancelWithStatus: ignore,
    },
    getPeer: () => 'none',
  };
  return call as Call;
}
