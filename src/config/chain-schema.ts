/** The shape of `[chain]`: which chain, and how it is reached or simulated. */
import * as z from 'zod';
import { shownUrl } from '../lib/shown-url.ts';
import { boolean, duration, integer, orAuto, text, word } from './field-types.ts';
import { nearestKey } from './nearest-key.ts';
import { NETWORKS } from './networks.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** More places to ask than this make a failure no rarer, and going round them takes longer than waiting. */
const ENDPOINTS_MAX = 8;
const ENDPOINT_CHARACTERS_MAX = 2_048;
const ENDPOINTS_RULE = `is a list of at most ${ENDPOINTS_MAX} URLs, for example ["wss://entrypoint-finney.opentensor.ai:443"]`;
const ENDPOINT_RULE = 'has URLs that begin with ws:// or wss:// and have no fragment';

const NETWORK_RULE =
  'is the name of a network, for example "finney"; a URL stands in chain.subtensor.endpoints';
const UNKNOWN_NETWORK_RULE =
  'is "finney", "test" or "local"; any other network needs chain.subtensor.endpoints';

const dev = z.strictObject({
  block_time: duration(10, HOUR_MS),
  miners: integer(1, 65_534),
  seed: integer(0, 4_294_967_295),
  tempo_blocks: integer(1, 65_535),
  weights_rate_limit_blocks: integer(0, 4_294_967_295),
  min_allowed_weights: integer(0, 65_535),
  max_weight_limit: integer(1, 65_535),
  commit_reveal: boolean(),
  state_file: text('is the path of a file').optional(),
});

/** Issues bring the text of a value themselves: a URL that is refused can still contain a key. */
const endpoints = z.unknown().transform((given, context): readonly string[] => {
  const refuse = (message: string, shown: string) => {
    context.addIssue({ code: 'custom', message, params: { text: shown } });
    return z.NEVER;
  };
  if (typeof given === 'string') return refuse(ENDPOINTS_RULE, JSON.stringify(shownUrl(given)));
  if (!Array.isArray(given)) return refuse(ENDPOINTS_RULE, typeof given);
  if (given.length > ENDPOINTS_MAX) return refuse(ENDPOINTS_RULE, `${given.length} entries`);
  const refused = given.find((entry) => !isEndpoint(entry));
  if (refused === undefined) return given;
  return refuse(ENDPOINT_RULE, JSON.stringify(shownUrl(String(refused))));
});

/** A WebSocket takes no URL with a fragment. */
function isEndpoint(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= ENDPOINT_CHARACTERS_MAX &&
    /^wss?:\/\/[^\s/?#][^\s#]*$/.test(value) &&
    URL.canParse(value)
  );
}

const subtensor = z.strictObject({
  network: z.string(NETWORK_RULE).regex(/^[\w.-]{1,64}$/, NETWORK_RULE),
  endpoints,
  genesis_hash: z
    .string('is 0x and 64 hexadecimal digits')
    .regex(/^0x[0-9a-f]{64}$/i, 'is 0x and 64 hexadecimal digits')
    .toLowerCase()
    .optional(),
  head_timeout: duration(10 * SECOND_MS, 10 * MINUTE_MS),
  request_timeout: duration(SECOND_MS, 5 * MINUTE_MS),
  era_blocks: z.literal([8, 16, 32, 64], 'is one of 8, 16, 32, 64'),
});

/** The keys of `[chain]`. */
export const chainSection = z.strictObject({
  kind: word(['dev', 'subtensor']),
  netuid: integer(1, 65_535),
  mecid: integer(0, 255),
  version_key: integer(0, Number.MAX_SAFE_INTEGER),
  require_active_axon: orAuto(boolean(), 'true or false'),
  dev,
  subtensor,
});

/** A network that nothing is known of says where it is. */
export function refineNetwork(
  { kind, subtensor: given }: z.output<typeof chainSection>,
  context: z.RefinementCtx,
): void {
  const { network } = given;
  if (kind !== 'subtensor' || given.endpoints.length > 0 || NETWORKS.has(network)) return;
  const nearest = nearestKey(network, [...NETWORKS.keys()]);
  context.addIssue({
    code: 'custom',
    path: ['chain', 'subtensor', 'network'],
    message: UNKNOWN_NETWORK_RULE,
    params: { nearest },
  });
}
