import {
  ServerInterceptingCall as InterceptingCall,
  type ServerInterceptingCall,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import type { AssayError } from '../../domain/errors.ts';
import { statusOf } from '../status.ts';

type Method = Parameters<ServerInterceptor>[0];

/** A call that may go on; `over` is called once when it has ended, however it ended. */
export interface Admission {
  readonly over: () => void;
}

/** Asks before anything of a call is read; a call that is turned away never reaches its handler. */
export function guard(admit: (method: Method) => Admission | AssayError): ServerInterceptor {
  return (method, call): ServerInterceptingCall => {
    let over: () => void = () => undefined;
    return new InterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const admission = admit(method);
            if (admission instanceof Error) {
              call.sendStatus(statusOf(admission));
            } else {
              over = admission.over;
              proceed(metadata);
            }
          },
          // grpc-js calls this at the end of every call, not only of cancelled ones.
          onCancel: () => {
            over();
            over = () => undefined;
          },
        }),
    });
  };
}
