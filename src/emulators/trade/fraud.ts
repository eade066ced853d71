import { z } from 'zod';
import { defineEffects, type OutsideSystem } from './outside-system.ts';

const requestSchema = z.object({
  orderId: z.string(),
  email: z.string(),
  country: z.string(),
  amount: z.number(),
  currency: z.string(),
});

/** Each sign adds to the score, up to 100. The countries are those under the FATF's call for action of 2023 to 2025. */
const signs: readonly {
  readonly points: number;
  readonly reason: string;
  readonly isSeen: (request: z.infer<typeof requestSchema>) => boolean;
}[] = [
  { points: 30, reason: 'over 1,000', isSeen: ({ amount }) => amount > 1_000 },
  { points: 50, reason: 'over 5,000', isSeen: ({ amount }) => amount > 5_000 },
  { points: 50, reason: 'high-risk country', isSeen: ({ country }) => ['IR', 'KP', 'MM'].includes(country) },
  { points: 90, reason: 'e-mail known from fraud', isSeen: ({ email }) => email.startsWith('fraud') },
];

export const fraud: OutsideSystem = {
  name: 'fraud',
  effects: {
    scores: defineEffects({
      request: requestSchema,
      book(request) {
        const seen = signs.filter(({ isSeen }) => isSeen(request));
        const score = seen.reduce((sum, { points }) => sum + points, 0);
        return { score: Math.min(100, score), reasons: seen.map(({ reason }) => reason) };
      },
    }),
  },
  undos: {},
};
