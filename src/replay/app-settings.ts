/** With these the app registers all its sagas; nothing connects before a function runs. */
export const appSettings = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  INVENTORY_URL: 'http://replay.invalid',
  PAYMENTS_URL: 'http://replay.invalid',
  FRAUD_URL: 'http://replay.invalid',
  SHIPPING_URL: 'http://replay.invalid',
  NOTIFICATIONS_URL: 'http://replay.invalid',
};
