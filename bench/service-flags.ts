/** What Node is started with for the service: as `npm start` and the Dockerfile do. */
export const SERVICE_FLAGS = ['--v8-pool-size=1'] as const;
