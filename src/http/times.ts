import { z } from 'zod';

// Times that a query asks by.

export const daySchema = z.iso.date('must be a date such as 2026-05-04');
export const instantSchema = z.coerce.date('must be an instant such as 2026-05-04T10:00:00Z');
