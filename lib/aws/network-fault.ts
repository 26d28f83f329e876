/** A fault on the way to AWS: nothing that AWS, or whoever gives credentials, has answered. */
export interface NetworkFault {
  /** Code of Node.js, such as `ENOTFOUND`, or name of the error, such as `TimeoutError`. */
  readonly code: string;
  /** The fault in words, such as `its name was not found`. */
  readonly fault: string;
  readonly hint: string;
  /** Host, or address and port; undefined where the error names none. */
  readonly host: string | undefined;
  /** The next request may well get through. */
  readonly passing: boolean;
}

type Kind = Pick<NetworkFault, 'fault' | 'hint' | 'passing'> & { readonly codes: RegExp };

const CHECK_NETWORK = 'check the network, a firewall or VPN, and --endpoint or AWS_ENDPOINT_URL if one is set';
const CHECK_CERTIFICATES =
  'a proxy that inspects TLS has a certificate authority of its own: name its file in NODE_EXTRA_CA_CERTS; check also the clock of this machine';

const NOT_OF_AWS = 'the answer is not one of AWS';
const CHECK_ANSWERER =
  'check what answers there: a proxy, a network that asks for a login, or --endpoint or AWS_ENDPOINT_URL if one is set; then repeat the command';

/** @see https://nodejs.org/api/errors.html#common-system-errors and https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const KINDS: readonly Kind[] = [
  {
    codes: /^(ENOTFOUND|EAI_\w+)$/,
    fault: 'its name was not found',
    hint: 'check the network and its DNS, the Region, and --endpoint or AWS_ENDPOINT_URL if one is set',
    passing: false,
  },
  { codes: /^ECONNREFUSED$/, fault: 'the connection was refused', hint: CHECK_NETWORK, passing: false },
  {
    codes: /^(EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/,
    fault: 'there is no route to it',
    hint: CHECK_NETWORK,
    passing: false,
  },
  {
    codes:
      /^(ECONNRESET|ECONNABORTED|EPIPE|ENETRESET|ERR_STREAM_PREMATURE_CLOSE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|NetworkingError)$/,
    fault: 'the connection was cut',
    hint: CHECK_NETWORK,
    passing: true,
  },
  {
    codes: /^(ETIMEDOUT|TimeoutError|UND_ERR_\w+_TIMEOUT)$/,
    fault: 'it did not answer in time',
    hint: CHECK_NETWORK,
    passing: true,
  },
  {
    codes: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    fault: 'its certificate is of another host',
    hint: CHECK_ANSWERER,
    passing: false,
  },
  {
    codes: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    fault: 'its certificate is not valid today',
    hint: `check the clock of this machine; otherwise ${CHECK_ANSWERER}`,
    passing: false,
  },
  {
    codes: /^(CERT_\w+|\w*SELF_SIGNED_\w+|UNABLE_TO_\w+|ERR_TLS_\w+|INVALID_CA|ERR_SSL_\w+|EPROTO)$/,
    fault: 'TLS failed',
    hint: CHECK_CERTIFICATES,
    passing: false,
  },
  // A proxy may refuse one object for its name, be busy for a while, and lose what AWS answered.
  { codes: /^HTTP ([45]\d\d |200 without content)/, fault: NOT_OF_AWS, hint: CHECK_ANSWERER, passing: true },
  { codes: /^(HPE_\w+|ERR_PROXY_\w+|HTTP \d+ .*)$/, fault: NOT_OF_AWS, hint: CHECK_ANSWERER, passing: false },
];

const PROXY_LOGIN = {
  code: 'HTTP 407',
  fault: 'a proxy requires a login',
  hint: 'log in to the proxy, or connect without it',
  passing: false,
};

/**
 * Decides whether an error is a fault of the network: of DNS, connection, TLS or a proxy. Credentials are innocent of it.
 *
 * Looks at the error, at its causes, and at every error that an AggregateError holds.
 */
export function networkFault(error: unknown): NetworkFault | undefined {
  const seen = new Set<unknown>();
  const waiting = [error];
  while (waiting.length > 0) {
    const one = waiting.shift();
    if (typeof one !== 'object' || one === null || seen.has(one)) {
      continue;
    }
    seen.add(one);
    const found = kindOf(one);
    if (found !== undefined) {
      return { ...found, host: hostOf(one) };
    }
    const { cause, errors } = one as { cause?: unknown; errors?: unknown };
    waiting.push(cause, ...(Array.isArray(errors) ? (errors as unknown[]) : []));
  }
  return undefined;
}

function kindOf(error: object): Omit<NetworkFault, 'host'> | undefined {
  const { name, code, $metadata, $response } = error as {
    name?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  if (($metadata?.httpStatusCode ?? $response?.statusCode) === 407) {
    return PROXY_LOGIN;
  }
  for (const value of [code, name]) {
    const kind = typeof value === 'string' ? KINDS.find(({ codes }) => codes.test(value)) : undefined;
    if (kind !== undefined) {
      const { fault, hint, passing } = kind;
      return { code: value as string, fault, hint, passing };
    }
  }
  return undefined;
}

/** DNS has the name, TLS the host, a connection the address. */
function hostOf(error: object): string | undefined {
  const { hostname, host, address, port, errors } = error as Readonly<Record<string, unknown>>;
  const name = [hostname, host, address].find((value) => typeof value === 'string');
  if (name === undefined) {
    // A connection that was tried at several addresses.
    const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
    return typeof first === 'object' && first !== null ? hostOf(first) : undefined;
  }
  return name === address && typeof port === 'number' ? `${name}:${port}` : name;
}

/** The fault for a person, such as `sts.us-east-1.amazonaws.com: its name was not found (ENOTFOUND)`. */
export function networkFaultInWords({ host, fault, code }: NetworkFault, asked?: string): string {
  // Where an address refuses, the name that was asked for says more.
  const place =
    host === undefined || asked?.startsWith(`${host}:`) === true
      ? asked
      : asked === undefined || asked === host
        ? host
        : `${host}, asked for ${asked}`;
  return `${place === undefined ? '' : `${place}: `}${fault} (${code})`;
}
