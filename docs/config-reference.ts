import { z } from 'zod';
import { studyConfigSchema } from '../study/config.ts';

/** The parts of a JSON schema that the reference tells. */
interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  pattern?: string;
}

/** `docs/config.md`: every field of a study config, as the schema has it. */
export function configReference(): string {
  const schema = z.toJSONSchema(studyConfigSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
  const fields = Object.entries(schema.properties ?? {});
  const simple = fields.filter(([, field]) => isSimple(field));
  const sections = [
    section(
      'The study',
      '',
      simple.flatMap(([name, field]) => [...fieldsOf(name, field, isRequired(schema, name))]),
    ),
    ...fields
      .filter(([, field]) => !isSimple(field))
      .map(([name, field]) => section(`\`${name}\``, field.description ?? '', [...membersOf(name, field)])),
    ...Object.entries(schema.$defs ?? {}).map(([name, definition]) =>
      section(titleOf(name), definition.description ?? '', [...membersOf('', definition)]),
    ),
  ];
  return `# Study config

A study is one JSON document. Only the fields that are required must be there; \`--set a.b=v\` changes any of them from the
command line, and \`set\` from a program. The resolved config, with every default filled in, is kept with the results.

This page is written by \`npm run docs\` from the schema that configs are checked by.

${sections.join('\n')}`;
}

function section(title: string, description: string, rows: readonly string[][]): string {
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const lead = description === '' ? '' : `${description[0]!.toUpperCase()}${description.slice(1)}.\n\n`;
  return `## ${title}\n\n${lead}| field | type | default | what it is |\n| --- | --- | --- | --- |\n${lines}\n`;
}

const isRequired = ({ required = [] }: Schema, name: string) => required.includes(name);
const isSimple = (field: Schema) => [...membersOf('', field)].length === 0;
const titleOf = (definition: string) => definition.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());

/** The rows of a field and of all below it. */
function* fieldsOf(path: string, schema: Schema, isRequired: boolean): Generator<string[]> {
  yield [
    `\`${path}\``,
    typeOf(schema),
    isRequired ? 'required' : schema.default === undefined ? '' : code(schema.default),
    escaped(schema.description ?? ''),
  ];
  yield* membersOf(path, schema);
}

function* membersOf(path: string, schema: Schema): Generator<string[]> {
  for (const [name, member] of Object.entries(schema.properties ?? {}))
    // What tells alternatives apart is told where they are listed.
    if (member.const === undefined)
      yield* fieldsOf(path === '' ? name : `${path}.${name}`, member, isRequired(schema, name));
  if (schema.items !== undefined) yield* membersOf(`${path}[i]`, schema.items);
  for (const alternative of alternativesOf(schema)) {
    const tag = tagOf(alternative);
    yield* membersOf(tag === undefined ? path : `${path} (${tag})`.trim(), alternative);
  }
}

const alternativesOf = (schema: Schema): Schema[] => schema.oneOf ?? schema.anyOf ?? [];

/** E.g. `source "sample"`: the member with one value that tells an alternative apart. */
function tagOf({ properties = {} }: Schema): string | undefined {
  const tag = Object.entries(properties).find(([, member]) => member.const !== undefined);
  return tag && `${tag[0]} ${JSON.stringify(tag[1].const)}`;
}

const taggedOf = (alternative: Schema) => {
  const tag = tagOf(alternative);
  return tag === undefined ? undefined : `\`${tag}\``;
};

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const definition = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return `[${definition.replaceAll('-', ' ')}](#${definition})`;
  }
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0)
    return alternatives.map((alternative) => taggedOf(alternative) ?? typeOf(alternative)).join(' or ');
  if (schema.prefixItems !== undefined) return `list of ${schema.prefixItems.length}`;
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'any');
  return [type, bounds(schema)].filter((part) => part !== '').join(' ');
}

/** Bounds that say more than what a safe integer is. */
function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  const isTold = (bound: number | undefined): bound is number =>
    bound !== undefined && Math.abs(bound) !== Number.MAX_SAFE_INTEGER;
  return [
    isTold(minimum) ? `≥ ${minimum}` : '',
    isTold(exclusiveMinimum) ? `> ${exclusiveMinimum}` : '',
    isTold(maximum) ? `≤ ${maximum}` : '',
    isTold(exclusiveMaximum) ? `< ${exclusiveMaximum}` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const code = (value: unknown) => `\`${JSON.stringify(value)}\``;
const escaped = (text: string) => text.replaceAll('|', '\\|');
