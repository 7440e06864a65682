import { expect, test } from 'vitest';
import { userCache } from '../../../../lib/core/files/user-cache.ts';

test('the cache is in the cache folder of the user', () => {
  expect(userCache({ XDG_CACHE_HOME: '/var/cache/me' })).toBe('/var/cache/me/beyond-imagenet');
  expect(userCache({})).toMatch(/\/\.cache\/beyond-imagenet$/);
});
