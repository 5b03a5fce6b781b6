// jest's `expect` is a global: matchers are added to it when their module is imported.

export function extendGlobalExpect(matchers: object, name: string, module: string): void {
  const { expect } = globalThis as { expect?: { extend(matchers: object): void } };
  if (!expect)
    throw new Error(
      `There is no global expect, so this is no test of jest, or its injectGlobals is off. Import { ${name} } from ${module}, and call expect.extend(${name}) with the expect of your test.`,
    );
  expect.extend(matchers);
}
