import type { MetagraphReader, ProfileReader } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import { minerUid } from '../../domain/ids.ts';
import { isSameMiner } from '../../domain/metagraph.ts';
import type { UnaryHandler } from '../calls.ts';
import type { GetProfileRequest__Output } from '../generated/assay/v1/GetProfileRequest.ts';
import type { GetProfileResponse } from '../generated/assay/v1/GetProfileResponse.ts';
import { toProfileMessage } from './profile-message.ts';

type Handler = UnaryHandler<GetProfileRequest__Output, GetProfileResponse>;

export function getProfile(
  profiles: Pick<ProfileReader, 'get'>,
  metagraph: MetagraphReader,
): Handler {
  return async ({ miner_uid }) => {
    const uid = minerUid(miner_uid);
    const registered = metagraph.current().neurons.find((neuron) => neuron.uid === uid);
    const profile = await profiles.get(uid);
    if (registered === undefined) {
      throw new AssayError('profile_not_found', `no miner is registered at UID ${uid}`);
    }
    if (profile === undefined || !isSameMiner(profile.miner, registered)) {
      const message = `no report of the miner now registered at UID ${uid} was ever applied`;
      throw new AssayError('profile_not_found', message);
    }
    return { profile: toProfileMessage(profile) };
  };
}
