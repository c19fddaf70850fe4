/** Where the password of an encrypted key file comes from: btcli's variable, else a file, else a person at a terminal. */
import { AssayError } from '../../../domain/errors.ts';
import { type BtcliHotkey, btcliPasswordVariable } from '../../../lib/btcli-password.ts';
import { type AskPassword, Secret } from '../../../lib/secret.ts';
import { type PrivateFile, readPrivateFile } from './private-file.ts';
import { walletError } from './wallet-error.ts';

export interface PasswordChoice extends BtcliHotkey {
  /** From btcli's variable, decoded. */
  readonly password?: Secret;
  /** A file whose first line is the password and its only one. */
  readonly passwordFile?: string;
}

export interface PasswordSources {
  /** Asks a person; absent without a terminal. `undefined` means that none was given. */
  readonly askPassword?: AskPassword;
  readonly onLooseMode: ((message: string) => void) | undefined;
}

export interface Passwords {
  /** For messages, for example `password file /run/secrets/hotkey`. */
  readonly origin: string;
  readonly triesMax: number;
  next(signal: AbortSignal | undefined): Promise<Secret>;
}

/** A person may mistype; each try takes seconds, and more of them help only someone who guesses. */
const PROMPT_TRIES_MAX = 3;

const PASSWORD_BYTES_MAX = 4_096;

/** @param path that of the key file, for messages. */
export function passwordsOf(
  choice: PasswordChoice,
  sources: PasswordSources,
  path: string,
): Passwords {
  const { password, passwordFile } = choice;
  const variable = btcliPasswordVariable(path);
  if (password !== undefined) {
    return { origin: `variable ${variable}`, triesMax: 1, next: async () => password };
  }
  if (passwordFile !== undefined) return fromFile(passwordFile, sources);
  if (sources.askPassword !== undefined) return fromPerson(choice, sources.askPassword);
  throw walletError({
    what: 'hotkey file',
    path,
    problem: 'is encrypted, and there is no password',
    remedy: `set wallet.password_file, or btcli's variable ${variable}, or start Assay at a terminal, where it asks`,
  });
}

function fromFile(path: string, { onLooseMode }: PasswordSources): Passwords {
  const file: PrivateFile = {
    what: 'password file',
    path,
    bytesMax: PASSWORD_BYTES_MAX,
    missingRemedy: 'write the password of the hotkey file into it, or correct wallet.password_file',
    onLooseMode,
  };
  return { origin: `password file ${path}`, triesMax: 1, next: () => passwordIn(file) };
}

async function passwordIn(file: PrivateFile): Promise<Secret> {
  const { bytes } = await readPrivateFile(file);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return new Secret(text.replace(/\r?\n$/, ''));
  } catch {
    const { what, path } = file;
    const remedy = 'write the password as one line of UTF-8';
    throw walletError({ what, path, problem: 'is not UTF-8 text', remedy });
  } finally {
    bytes.fill(0);
  }
}

function fromPerson({ name, hotkey }: BtcliHotkey, askPassword: AskPassword): Passwords {
  let tries = 0;
  return {
    origin: 'terminal',
    triesMax: PROMPT_TRIES_MAX,
    async next(signal) {
      const again = tries === 0 ? '' : 'That password does not open the file. ';
      tries += 1;
      const answer = await askPassword(
        `${again}Password of hotkey ${hotkey} of wallet ${name}: `,
        signal,
      );
      if (answer !== undefined) return trimmed(answer);
      const message = `no password was given for hotkey ${hotkey} of wallet ${name}: start again and type it, or set wallet.password_file`;
      throw new AssayError('wallet_unusable', message);
    },
  };
}

/** As at btcli's own prompt, where white space around a password was never part of it. */
function trimmed(answer: Secret): Secret {
  return new Secret(answer.reveal().trim());
}
