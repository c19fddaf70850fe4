/**
 * A server of the same method that decodes each message and acknowledges it, with a result for every report, and stores
 * nothing: what gRPC and the decoding leave of two processors. In a process of its own.
 */
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import type { StreamReportsRequest__Output } from '../src/grpc/generated/assay/v1/StreamReportsRequest.ts';
import type { StreamReportsResponse } from '../src/grpc/generated/assay/v1/StreamReportsResponse.ts';
import { packages } from '../src/grpc/proto.ts';
import { answerParent } from './measured-process.ts';

type Call = ServerDuplexStream<StreamReportsRequest__Output, StreamReportsResponse>;

const { StreamReports } = packages.assay.v1.VerificationService.service;
const server = new Server();
server.addService(
  { StreamReports },
  {
    StreamReports: (call: Call) => {
      call.on('data', ({ sequence, reports }: StreamReportsRequest__Output) => {
        const results = reports.map(({ report_id }) => ({
          report_id,
          outcome: 'REPORT_OUTCOME_APPLIED' as const,
        }));
        call.write({ acknowledged_sequence: sequence, results });
      });
      call.on('end', () => call.end());
    },
  },
);
const port = await new Promise<number>((resolve, reject) => {
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
    if (error === null) resolve(bound);
    else reject(error);
  });
});
await answerParent(`127.0.0.1:${port}`, () => undefined);
server.forceShutdown();
