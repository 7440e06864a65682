import { z } from 'zod';
import { jsonValueSchema } from '../core/json-value.ts';

/** Largest number of characters of the JSON text of a network's spec, and of all networks of a list together. */
const longestSpec = 65_536;
const longestList = 4 * 2 ** 20;

const nameSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][\w.+:@/-]*$/, {
    error: 'must be letters, digits and . _ + - : @ /, and begin with a letter or a digit',
  })
  .describe('unique name, e.g. "resnet50.a1_in1k"');

const specSchema = jsonValueSchema(longestSpec);

/** A network that only its trainer can build, as in the run document, on which the run's key depends. */
export const listedArchitectureSchema = z.strictObject({ name: nameSchema, spec: specSchema });

export type ListedArchitecture = z.infer<typeof listedArchitectureSchema>;

/** Columns of a results table whose names a number of a network may not have, as it would replace values measured by the runs. */
export const reservedColumns: readonly string[] = [
  ...['name', 'spec', 'architecture', 'dataset', 'seed', 'outcome', 'failureCategory', 'failure', 'runKey'],
  ...['top1Error', 'top5Error', 'testLoss', 'validationTop1Error', 'imagesPerEpoch', 'testImages', 'epochs'],
  ...['balancedError', 'macroF1', 'auc'],
  ...['parentDataset', 'classes', 'classDraw', 'nested', 'controlFor', 'control', 'trainingSeconds'],
  ...['engine', 'tensorflow', 'node', 'device', 'versions'],
];

/** Names of columns that are read as measured by the runs. */
const measured = /^(error|accuracy|(top|validationTop)\d(Error|Accuracy))$/;

const mostNumbers = 50;
/** Typed as unknown, since an index signature of numbers would exclude the name. */
const anyNumber: z.ZodType<unknown> = z.number();
const size = z.number().min(0).max(1e21).optional();

/** A network of a list with the numbers that are known about it. */
const listedNetworkSchema = z
  .object({
    name: nameSchema,
    spec: specSchema.default(null).describe('any JSON, passed to the trainer together with the name'),
    flops: size.describe('multiply-adds of one image'),
    params: size.describe('number of its weights'),
  })
  .catchall(anyNumber)
  .superRefine((network, context) => {
    const keys = Object.keys(network).filter((key) => key !== 'name' && key !== 'spec');
    if (keys.length > mostNumbers)
      context.addIssue({ code: 'custom', message: `must have at most ${mostNumbers} numbers, got ${keys.length}` });
    for (const key of keys)
      if (reservedColumns.includes(key) || measured.test(key) || !/^[A-Za-z]\w{0,63}$/.test(key))
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `must have another name: that of a number is a letter and up to 63 letters, digits and _, and not a column of results (${reservedColumns.join(', ')}), got ${JSON.stringify({ [key]: network[key] })}`,
        });
  })
  .meta({ id: 'network' });

export type ListedNetwork = z.infer<typeof listedNetworkSchema>;

const mostListedNetworks = 10_000;

/** The networks of a list, with distinct names. */
export const networkListSchema = z
  .array(listedNetworkSchema)
  .max(mostListedNetworks)
  .superRefine((networks, context) => {
    const positions = new Map<string, number>();
    networks.forEach(({ name }, index) => {
      const earlier = positions.get(name);
      if (earlier === undefined) positions.set(name, index);
      else
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `must differ from that of the network at position ${earlier}, got ${JSON.stringify(name)}`,
        });
    });
    const { length } = JSON.stringify(networks);
    if (length > longestList)
      context.addIssue({
        code: 'custom',
        message: `must be at most ${longestList} characters of JSON in total, got ${length}`,
      });
  });

/** A list in a file: the networks, or an object that has them as `networks`. */
export const networkFileSchema = z.union([
  networkListSchema.min(1),
  z.strictObject({ networks: networkListSchema.min(1) }).transform(({ networks }) => networks),
]);
