import koffi, { type LibraryHandle } from 'koffi';
import protobuf from 'protobufjs';
import { loadLibrary } from './tensorflow-library.ts';

/** A kernel of a TensorFlow library: an operation on a kind of device. */
export interface RegisteredKernel {
  op: string;
  /** `CPU`, `GPU`, `DEFAULT` (any), ... */
  device: string;
  /** For each constrained type attribute, the types that the kernel takes, as numbers of `DataType` (types.proto). */
  constraints: Record<string, number[]>;
}

/** A device as TensorFlow reports it. */
export interface TensorFlowDevice {
  /** E.g. `/job:localhost/replica:0/task:0/device:GPU:0`. */
  name: string;
  /** `CPU` or `GPU`. */
  type: string;
  /** Bytes that TensorFlow may allocate there: on a GPU, the memory that was free at the time of the query, less a reserve. */
  memoryBytes: number;
}

type Pointer = object;

/** The parts of TensorFlow's C API (c_api.h, eager/c_api.h) that tfjs does not expose. */
export class TensorFlowApi {
  readonly #library: LibraryHandle;

  /** @param part folder of the TensorFlow part */
  constructor(part: string) {
    this.#library = loadLibrary(part);
  }

  /** Lists every kernel that the library has registered, whatever hardware the machine has. */
  kernels(): RegisteredKernel[] {
    const buffer = this.#checked<Pointer>('void *', 'TF_GetAllRegisteredKernels');
    const { data, length } = koffi.decode(buffer, bufferType) as { data: Pointer; length: number };
    const bytes = koffi.decode(data, koffi.array('uint8_t', length, 'Typed')) as Uint8Array;
    const { kernel } = kernelList.decode(bytes) as unknown as KernelList;
    this.#call('void', 'TF_DeleteBuffer', buffer);
    return kernel.map(({ op, deviceType, constraint }) => ({
      op,
      device: deviceType,
      constraints: Object.fromEntries(constraint.map(({ name, allowedValues }) => [name, allowedValues.list.type])),
    }));
  }

  /** Lists the devices that TensorFlow sees in this process; its environment may hide some. */
  devices(): TensorFlowDevice[] {
    const options = this.#call<Pointer>('void *', 'TFE_NewContextOptions');
    const context = this.#checked<Pointer>('void *', 'TFE_NewContext', options);
    const list = this.#checked<Pointer>('void *', 'TFE_ContextListDevices', context);
    const devices = Array.from({ length: this.#call<number>('int', 'TF_DeviceListCount', list) }, (_, index) => ({
      name: this.#checked<string>('str', 'TF_DeviceListName', list, index),
      type: this.#checked<string>('str', 'TF_DeviceListType', list, index),
      memoryBytes: this.#checked<number>('int64_t', 'TF_DeviceListMemoryBytes', list, index),
    }));
    this.#call('void', 'TF_DeleteDeviceList', list);
    this.#call('void', 'TFE_DeleteContext', context);
    this.#call('void', 'TFE_DeleteContextOptions', options);
    return devices;
  }

  #call<Result>(type: string, name: string, ...parameters: (Pointer | number)[]): Result {
    const types = parameters.map((parameter) => (typeof parameter === 'number' ? 'int' : 'void *'));
    return this.#library.func(name, type, types)(...parameters) as Result;
  }

  /** Calls a function whose last parameter is a status; throws its message if it is not OK. */
  #checked<Result>(type: string, name: string, ...parameters: (Pointer | number)[]): Result {
    const status = this.#call<Pointer>('void *', 'TF_NewStatus');
    try {
      const result = this.#call<Result>(type, name, ...parameters, status);
      if (this.#call<number>('int', 'TF_GetCode', status) !== 0)
        throw new Error(`${name}: ${this.#call<string>('str', 'TF_Message', status)}`);
      return result;
    } finally {
      this.#call('void', 'TF_DeleteStatus', status);
    }
  }
}

/** `TF_Buffer` of tf_buffer.h. */
const bufferType = koffi.struct({ data: 'void *', length: 'size_t', deallocator: 'void *' });

interface KernelList {
  kernel: {
    op: string;
    deviceType: string;
    constraint: { name: string; allowedValues: { list: { type: number[] } } }[];
  }[];
}

/** The fields that are read from kernel_def.proto and attr_value.proto. */
const kernelList = protobuf
  .parse(
    `syntax = "proto3";
    message KernelList { repeated KernelDef kernel = 1; }
    message KernelDef { string op = 1; string device_type = 2; repeated AttrConstraint constraint = 3; }
    message AttrConstraint { string name = 1; AttrValue allowed_values = 2; }
    message AttrValue { ListValue list = 1; }
    message ListValue { repeated int32 type = 6; }`,
  )
  .root.lookupType('KernelList');
