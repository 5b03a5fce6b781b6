// Each test has a world of its own: what the page sends to the API is answered by it.
import { expect, test } from 'understudy/test/playwright';

test('attaches a store, and says when it is there already', async ({ page, world }) => {
  await page.goto('/');
  await expect(page.getByRole('listitem')).toHaveText(['vs_attached']);
  await page.getByLabel('Store').fill('vs_def456');
  await page.getByRole('button').click();
  await expect(page.getByRole('status')).toHaveText('Vector store added to space');
  await expect(page.getByRole('listitem')).toHaveText(['vs_attached', 'vs_def456']);
  await page.getByLabel('Store').fill('vs_def456');
  await page.getByRole('button').click();
  await expect(page.getByRole('status')).toHaveText('This resource already exists.');
  expect(world.journal.filter(({ status }) => status === 409)).toHaveLength(1);
});

test('starts anew, and shows what another test cannot have seen', async ({ page, world }) => {
  const attached = await world.fetch('/v1/spaces/space_abc123/vector-stores/vs_research', {
    method: 'POST',
    headers: world.headers,
  });
  expect(attached.status).toBe(201);
  await page.goto('/');
  await expect(page.getByRole('listitem')).toHaveText(['vs_attached', 'vs_research']);
});
