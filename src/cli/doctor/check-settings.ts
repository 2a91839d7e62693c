import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, ok, problem, warning } from '../../app/finding.ts';
import { type Config, ConfigError, loadConfig, settings } from '../../config/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration as far as it makes sense, and what is wrong with the rest. */
export function readSettings(environment: Environment): { config: Config; findings: Finding[]; wrong: Set<string> } {
  try {
    const config = loadConfig(environment);
    return { config, findings: [ok('settings', 'valid')], wrong: new Set() };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = new Set<string>();
    const findings = error.problems.map((sentence) => {
      const [name = ''] = sentence.split(':');
      wrong.add(name);
      return problem('settings', sentence.replace(/\.$/, ''), 'The server does not start until then.');
    });
    // Everything else is looked at too, without what is wrong. A secret must be there, and what a blob store asks for.
    const without = Object.values(settings)
      .filter(({ name }) => wrong.has(name))
      .flatMap((setting) => [setting.name, ...('aliases' in setting ? setting.aliases : [])]);
    const rest: Record<string, string | undefined> = {
      ...environment,
      ...Object.fromEntries(without.map((name) => [name, ''])),
    };
    if (Object.entries(settings).some(([key, { name }]) => /^(s3|cloudinary)/.test(key) && wrong.has(name))) {
      rest.PARLEY_BLOBS = '';
      wrong.add('PARLEY_BLOBS');
    }
    if (wrong.has('JWT_SECRET')) rest.JWT_SECRET = randomBytes(48).toString('base64url');
    return { config: loadConfig(rest), findings, wrong };
  }
}

/** What is allowed and may still not be what the operator wants. */
export function checkSettings(config: Config, wrong: ReadonlySet<string>): Finding[] {
  const { production } = config;
  return [
    production
      ? ok('NODE_ENV', 'production')
      : warning('NODE_ENV', 'not production: open to all origins, weak settings pass', 'Set NODE_ENV=production.'),
    ...(wrong.has('JWT_SECRET') ? [] : checkSecret(config)),
    ...checkOrigins(config),
    checkAddress(config),
    ...(wrong.has('PARLEY_SMS') ? [] : [checkSms(config)]),
    ...(wrong.has('PARLEY_RATE_LIMIT_FACTOR') ? [] : [checkLimits(config)]),
    checkMetrics(config),
  ];
}

/** Fewer different characters than a random secret of that length has. */
const fewCharacters = 12;

function checkSecret({ secret, dataDirectory }: Config): Finding[] {
  const path = join(dataDirectory, 'secret');
  const generated = existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
  if (secret === null) {
    return [ok('secret', generated === null ? 'generated at the first start' : `generated, in ${path}`)];
  }
  const findings: Finding[] = [];
  if (new Set(secret).size < fewCharacters) {
    const remedy = 'Set it to what `openssl rand -base64 48` prints. Everybody has to sign in again.';
    findings.push(warning('secret', 'JWT_SECRET has few different characters', remedy));
  } else {
    findings.push(ok('secret', `JWT_SECRET has ${secret.length} characters`));
  }
  if (generated !== null && generated !== secret) {
    findings.push(
      warning(
        'secret',
        `JWT_SECRET is not the secret that was generated before, in ${path}`,
        'Who signed in with that one has to sign in again. If that is meant, remove the file.',
      ),
    );
  }
  return findings;
}

function checkOrigins({ origins, production }: Config): Finding[] {
  if (!production) return [ok('origins', origins.join(', '))];
  if (origins.length === 0) {
    const remedy = 'Set CLIENT_URL to the origins of your web clients. Native apps need none.';
    return [warning('origins', 'no web client of another origin may connect', remedy)];
  }
  if (origins.includes('*')) {
    return [warning('origins', 'every website may connect', 'Set CLIENT_URL to the origins of your web clients.')];
  }
  const plain = origins.filter((origin) => /^http:/.test(origin) && !/^http:\/\/(localhost|127\.)/.test(origin));
  return plain.length > 0
    ? [warning('origins', `not encrypted: ${plain.join(', ')}`, 'Serve web clients over https.')]
    : [ok('origins', origins.join(', '))];
}

function checkAddress({ publicUrl, trustedProxies, production }: Config): Finding {
  if (publicUrl === null) {
    return production
      ? warning('address', 'PARLEY_PUBLIC_URL is not set', 'Set it to the origin that clients use.')
      : ok('address', 'that of each request');
  }
  if (publicUrl.startsWith('https:') && trustedProxies.length === 0) {
    return warning(
      'address',
      `${publicUrl} is behind a proxy that is not trusted: all clients seem to have its address, and share their limits`,
      "Set PARLEY_TRUSTED_PROXIES to the proxy's address.",
    );
  }
  if (publicUrl.startsWith('http:') && production) {
    return warning('address', `${publicUrl} is not encrypted`, 'Put a proxy with TLS in front, and use https.');
  }
  return ok('address', `${publicUrl}${trustedProxies.length > 0 ? ` behind ${trustedProxies.join(', ')}` : ''}`);
}

function checkSms({ sms, production }: Config): Finding {
  if (!production) return ok('SMS', sms);
  return sms === 'none'
    ? warning('SMS', 'codes are not sent: nobody can sign in by phone', 'Set PARLEY_SMS, or let people use passwords.')
    : warning('SMS', 'codes are printed: who reads the output can sign in as anybody', 'Set PARLEY_SMS=none.');
}

function checkLimits({ rateLimitFactor: factor }: Config): Finding {
  if (factor === 0) return warning('limits', 'off', 'Remove PARLEY_RATE_LIMIT_FACTOR.');
  return factor > 10
    ? warning('limits', `${factor} times the usual: codes and passwords can be guessed sooner`, 'Lower the factor.')
    : ok('limits', `${factor} times the usual`);
}

function checkMetrics({ metrics, production }: Config): Finding {
  if (metrics.token !== null) {
    return metrics.token.length < 16
      ? warning('metrics', 'PARLEY_METRICS_TOKEN is short', 'Set it to what `openssl rand -hex 16` prints.')
      : ok('metrics', 'with a token');
  }
  return production
    ? warning('metrics', 'closed', 'Set PARLEY_METRICS_TOKEN, and send it from Prometheus.')
    : ok('metrics', 'open');
}
