// Validators of single components of the shipped document. Those of whole answers are compiled
// ahead; the others, which only tests ask for, when they are asked for.
import type { Ajv, ValidateFunction } from 'ajv';
import { requireInPackage as require } from '../files/package.js';
import { loadSpec } from './document.js';

type Components = { readonly schemas: Readonly<Record<string, object>> };

let compiler: Ajv | undefined;

export const componentNames = (): readonly string[] => Object.keys(readComponents().schemas);

export function validatorOfComponent(name: string): ValidateFunction {
  compiler ??= createCompiler();
  return compiler.getSchema(`document#/components/schemas/${name}`) as ValidateFunction;
}

const readComponents = (): Components =>
  (JSON.parse(loadSpec().text) as { components: Components }).components;

/** ajv takes long to load, and few tests need it. */
function createCompiler(): Ajv {
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const formats = require('./generated/formats.cjs');
  const ajv = new Ajv2020({ allErrors: true, strict: false, logger: false, formats });
  return ajv.addSchema({ $id: 'document', components: readComponents() });
}
