import type { ProfileRemover } from '../../actors/record-ports.ts';
import { AssayError } from '../../domain/errors.ts';
import { minerUid } from '../../domain/ids.ts';
import type { Events } from '../../events.ts';
import type { UnaryHandler } from '../calls.ts';
import type { DeleteProfileRequest__Output } from '../generated/assay/v1/DeleteProfileRequest.ts';
import type { DeleteProfileResponse } from '../generated/assay/v1/DeleteProfileResponse.ts';
import { toProfileMessage } from './profile-message.ts';

type Handler = UnaryHandler<DeleteProfileRequest__Output, DeleteProfileResponse>;

export function deleteProfile(profiles: Pick<ProfileRemover, 'delete'>, events: Events): Handler {
  return async ({ miner_uid }) => {
    const uid = minerUid(miner_uid);
    const profile = await profiles.delete(uid);
    if (profile === undefined) {
      throw new AssayError('profile_not_found', `no profile is stored at UID ${uid}`);
    }
    events.profileDeleted({ uid, hotkey: profile.miner.hotkey, revision: profile.revision });
    // The executors of a large profile could make an answer too large to be read, when all is deleted already.
    return { profile: toProfileMessage({ ...profile, executors: new Map() }) };
  };
}
