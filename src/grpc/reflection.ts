/**
 * `grpc.reflection` v1 and v1alpha, which are the same messages, over the descriptor set of `buf build`. Every answer holds
 * the file asked for with all of its imports; what is not known is answered in the stream, as the protocol wants it.
 */
import { status } from '@grpc/grpc-js';
import type { DuplexHandler } from './calls.ts';
import type { DescriptorIndex } from './descriptor-index.ts';
import { shuttingDown } from './drain.ts';
import type { ServerReflectionRequest__Output } from './generated/grpc/reflection/v1/ServerReflectionRequest.ts';
import type { ServerReflectionResponse } from './generated/grpc/reflection/v1/ServerReflectionResponse.ts';
import { MessageReader } from './message-reader.ts';
import { writeMessage } from './message-writer.ts';

type Handler = DuplexHandler<ServerReflectionRequest__Output, ServerReflectionResponse>;
type Answer = Pick<
  ServerReflectionResponse,
  | 'file_descriptor_response'
  | 'all_extension_numbers_response'
  | 'list_services_response'
  | 'error_response'
>;

/** @param draining Aborts when the service drains. */
export function reflection(index: DescriptorIndex, draining: AbortSignal): Handler {
  return async (call, gone) => {
    const reader = new MessageReader<ServerReflectionRequest__Output>(call, draining);
    for (;;) {
      const request = await reader.next();
      if (request === undefined) break;
      const response = { valid_host: request.host, original_request: request };
      await writeMessage(call, { ...response, ...answer(index, request) }, gone);
    }
    if (draining.aborted) throw shuttingDown();
  };
}

function answer(index: DescriptorIndex, request: ServerReflectionRequest__Output): Answer {
  switch (request.message_request) {
    case 'list_services':
      return { list_services_response: { service: index.services.map((name) => ({ name })) } };
    case 'file_by_filename':
      return files(index.filesByName(request.file_by_filename ?? ''));
    case 'file_containing_symbol':
      return files(index.filesBySymbol(request.file_containing_symbol ?? ''));
    default:
      return files(undefined);
  }
}

function files(found: readonly Buffer[] | undefined): Answer {
  if (found !== undefined)
    return { file_descriptor_response: { file_descriptor_proto: [...found] } };
  return { error_response: { error_code: status.NOT_FOUND, error_message: 'not found' } };
}
