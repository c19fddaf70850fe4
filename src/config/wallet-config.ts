import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type * as z from 'zod';
import {
  btcliHotkeyFile,
  btcliPasswordVariable,
  decodedBtcliPassword,
} from '../lib/btcli-password.ts';
import { HIDDEN, type Secret } from '../lib/secret.ts';
import type { WalletConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { walletSection } from './wallet-schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PASSWORD_RULE =
  "is a password as btcli stores it: base64 of its bytes XORed with those of the variable's name";

/**
 * Where the hotkey is, and its password when btcli's variable for that file has one.
 *
 * @throws ConfigError `invalid` when that variable has something else.
 */
export function walletConfig(
  given: z.output<typeof walletSection>,
  env: Environment,
): WalletConfig {
  const { name, hotkey, password_file: passwordFile } = given;
  const home = env.HOME || homedir();
  const path = expanded(given.path, home);
  // btcli names the variable by the path as it is written; messages of ours name it by the absolute one.
  const password =
    btcliPassword(btcliHotkeyFile(given, home), env) ??
    btcliPassword(btcliHotkeyFile({ ...given, path }, home), env);
  return {
    path,
    ...{ name, hotkey },
    allowLooseMode: given.allow_loose_mode,
    ...(passwordFile === undefined ? {} : { passwordFile: expanded(passwordFile, home) }),
    ...(password === undefined ? {} : { password }),
  };
}

function btcliPassword(file: string, env: Environment): Secret | undefined {
  const variable = btcliPasswordVariable(file);
  const value = env[variable];
  if (!value) return undefined;
  const password = decodedBtcliPassword(variable, value);
  if (password !== undefined) return password;
  const problem = { source: 'environment', key: variable, value: HIDDEN, rule: PASSWORD_RULE };
  throw new ConfigError('invalid', [problem]);
}

/** An absolute path; `~` is the home folder. */
function expanded(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(path);
}
