import type { DataType, GraphBuilder, Tensor } from './graph-builder.ts';

/** TensorFlow operations by their usual names, with the attributes that this project's graphs need. */
export class Ops {
  readonly builder: GraphBuilder;

  constructor(builder: GraphBuilder) {
    this.builder = builder;
  }

  float(value: number | readonly number[], shape?: readonly number[]): Tensor {
    return this.builder.constant('float32', value, shape);
  }

  ints(value: number | readonly number[]): Tensor {
    return this.builder.constant('int32', value);
  }

  add(a: Tensor, b: Tensor, type: DataType = 'float32'): Tensor {
    return this.builder.node('AddV2', [a, b], { T: { type } });
  }

  subtract(a: Tensor, b: Tensor, type: DataType = 'float32'): Tensor {
    return this.builder.node('Sub', [a, b], { T: { type } });
  }

  multiply(a: Tensor, b: Tensor, type: DataType = 'float32'): Tensor {
    return this.builder.node('Mul', [a, b], { T: { type } });
  }

  divide(a: Tensor, b: Tensor): Tensor {
    return this.builder.node('RealDiv', [a, b], { T: { type: 'float32' } });
  }

  /** Returns `a` if a scalar bool is true, else `b`; scalars are broadcast to any shape. */
  select(condition: Tensor, a: Tensor, b: Tensor): Tensor {
    return this.builder.node('SelectV2', [condition, a, b], { T: { type: 'float32' } });
  }

  zerosLike(input: Tensor): Tensor {
    return this.builder.node('ZerosLike', [input], { T: { type: 'float32' } });
  }

  cast(input: Tensor, from: DataType, to: DataType): Tensor {
    if (from === to) return input;
    return this.builder.node('Cast', [input], { SrcT: { type: from }, DstT: { type: to }, Truncate: { bool: false } });
  }

  reshape(input: Tensor, shape: readonly number[], type: DataType = 'float32'): Tensor {
    return this.reshapeTo(input, this.ints(shape), type);
  }

  reshapeTo(input: Tensor, shape: Tensor, type: DataType = 'float32'): Tensor {
    return this.builder.node('Reshape', [input, shape], { T: { type }, Tshape: { type: 'int32' } });
  }

  shape(input: Tensor, type: DataType = 'float32'): Tensor {
    return this.builder.node('Shape', [input], { T: { type }, out_type: { type: 'int32' } });
  }

  mean(input: Tensor, axes: readonly number[], type: DataType = 'float32'): Tensor {
    return this.reduce('Mean', input, axes, type);
  }

  sum(input: Tensor, axes: readonly number[], type: DataType = 'float32'): Tensor {
    return this.reduce('Sum', input, axes, type);
  }

  private reduce(op: 'Mean' | 'Sum', input: Tensor, axes: readonly number[], type: DataType): Tensor {
    return this.builder.node(op, [input, this.ints(axes)], {
      T: { type },
      Tidx: { type: 'int32' },
      keep_dims: { bool: false },
    });
  }

  matMul(a: Tensor, b: Tensor, transpose: { a?: boolean; b?: boolean } = {}): Tensor {
    return this.builder.node('MatMul', [a, b], {
      T: { type: 'float32' },
      transpose_a: { bool: transpose.a ?? false },
      transpose_b: { bool: transpose.b ?? false },
    });
  }

  /** Packs scalars into a vector. */
  pack(scalars: readonly Tensor[]): Tensor {
    return this.builder.node('Pack', scalars, {
      N: { int: scalars.length },
      T: { type: 'float32' },
      axis: { int: 0 },
    });
  }

  /** Concatenates vectors. */
  concat(vectors: readonly Tensor[], type: DataType = 'float32'): Tensor {
    if (vectors.length === 1) return vectors[0]!;
    return this.builder.node('ConcatV2', [...vectors, this.ints(0)], {
      N: { int: vectors.length },
      T: { type },
      Tidx: { type: 'int32' },
    });
  }

  /** Splits a vector into consecutive parts of the given sizes. */
  split(vector: Tensor, sizes: readonly number[], type: DataType = 'float32'): Tensor[] {
    if (sizes.length === 1) return [vector];
    const node = this.builder.node('SplitV', [vector, this.ints(sizes), this.ints(0)], {
      num_split: { int: sizes.length },
      T: { type },
      Tlen: { type: 'int32' },
    });
    return sizes.map((_, index) => (index === 0 ? node : `${node}:${index}`));
  }

  slice(input: Tensor, begin: readonly number[], size: readonly number[], type: DataType = 'float32'): Tensor {
    return this.builder.node('Slice', [input, this.ints(begin), this.ints(size)], {
      T: { type },
      Index: { type: 'int32' },
    });
  }

  /** Adds a named input, a vector of int32. */
  fedInts(name: string): Tensor {
    return this.builder.placeholder(name, 'int32', [-1]);
  }

  /** Adds a named input of float32 values in a shape, which is fed as a vector of int32 with the same bits. */
  fedFloats(name: string, shape: readonly number[]): Tensor {
    const bits = this.fedInts(name);
    const values = this.builder.node('Bitcast', [bits], { T: { type: 'int32' }, type: { type: 'float32' } });
    return shape.length === 1 ? values : this.reshape(values, shape);
  }

  identity(input: Tensor, type: DataType, name?: string, after: readonly Tensor[] = []): Tensor {
    return this.builder.node('Identity', [input, ...after.map((tensor) => `^${tensor}`)], { T: { type } }, name);
  }

  read(variable: Tensor, type: DataType = 'float32'): Tensor {
    return this.builder.node('ReadVariableOp', [variable], { dtype: { type } });
  }

  /** Sets a variable; other nodes can wait for the returned node with `^`. */
  assign(variable: Tensor, value: Tensor, type: DataType = 'float32'): Tensor {
    return this.builder.node('AssignVariableOp', [variable, value], {
      dtype: { type },
      validate_shape: { bool: false },
    });
  }

  assignAdd(variable: Tensor, value: Tensor): Tensor {
    return this.builder.node('AssignAddVariableOp', [variable, value], { dtype: { type: 'float32' } });
  }

  /**
   * Returns a scalar that exists once the given nodes have run, for signatures without a result to fetch. It is an int32, which TensorFlow
   * keeps in host memory even if a GPU computes, so that fetching it does not wait for the GPU.
   */
  done(name: string, after: readonly Tensor[]): Tensor {
    return this.identity(this.ints(1), 'int32', name, after);
  }
}
