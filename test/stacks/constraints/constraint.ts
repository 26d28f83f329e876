/** Properties of a resource, with what CloudFormation resolves still in them. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a constraint is checked in. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Every resource of the template, by logical id. */
  readonly resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Properties }>>;
}

/** What AWS's documentation says about properties in words, which neither schema nor validation of CloudFormation checks. */
export interface Constraint {
  /** Paths in the resource's properties; `[]` is each item of a list. */
  readonly properties: readonly string[];
  readonly says: string;
  readonly page: string;
  /**
   * Whether a resource keeps it.
   *
   * @param values of the first of the paths
   */
  readonly holds: (values: readonly unknown[], resource: Properties, place: Place) => boolean;
  /** A value with which it does not hold, so that the check is known to see something. */
  readonly wrong: unknown;
  /** Where that value stands. @default - at the first of the paths */
  readonly at?: string;
}

/** Properties about which the reference says nothing besides their type and allowed values. */
export interface NoneFound {
  readonly properties: readonly string[];
  readonly says: 'none found';
  readonly page: string;
}

/** The values at a path. */
export function valuesAt(value: unknown, path: string): readonly unknown[] {
  return path.split('.').reduce<readonly unknown[]>(
    (values, step) => {
      const key = step.replace('[]', '');
      const next = values.flatMap((one) => {
        const found = (one as Properties | undefined)?.[key];
        return found === undefined ? [] : [found];
      });
      return step.endsWith('[]') ? next.flat() : next;
    },
    [value],
  );
}

/** The length of a policy or of text; what CloudFormation resolves counts as its reference does. */
export const sizeOf = (value: unknown): number => (typeof value === 'string' ? value : JSON.stringify(value)).length;

export const every = (test: (value: unknown) => boolean) => (values: readonly unknown[]) => values.every(test);
export const matching = (pattern: RegExp) => every((value) => isResolvedLater(value) || pattern.test(String(value)));
export const upTo = (length: number) => every((value) => sizeOf(value) <= length);
export const between = (least: number, most: number) =>
  every((value) => typeof value === 'number' && value >= least && value <= most);
export const oneOf = (...allowed: readonly unknown[]) => every((value) => allowed.includes(value));

/** Whether CloudFormation works it out. */
export function isResolvedLater(value: unknown): boolean {
  return typeof value === 'object' && value !== null && /^(Ref|Fn::\w+)$/.test(Object.keys(value)[0] ?? '');
}

/** Whether every value refers to a resource of the template of this type. */
export function refersTo(values: readonly unknown[], type: string, { resources }: Place): boolean {
  return values.every((value) => {
    const { Ref: ref, 'Fn::GetAtt': attribute } = (value ?? {}) as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
    return resources[ref ?? attribute?.[0] ?? '']?.Type === type;
  });
}
