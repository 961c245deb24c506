// Every property and every kind of header amqplib can say, published or consumed: properties.js publish|consume QUEUE.
//
// Both print the message in one canonical line of JSON, so that what arrived can be compared with what was sent.

import amqp from 'amqplib';

const sent = {
  contentType: 'text/plain',
  contentEncoding: 'identity',
  headers: {
    string: 'grüße',
    bytes: Buffer.from([0x00, 0xff, 0x7f]),
    true: true,
    false: false,
    int: -70000,
    long: 5000000000,
    time: { '!': 'timestamp', value: 1700000000 },
    void: null,
    list: ['a', 1, ['b', null]],
    table: { inner: { deep: 'down' }, empty: {} },
  },
  deliveryMode: 2,
  priority: 7,
  correlationId: 'correlation',
  replyTo: 'reply',
  expiration: '60000',
  messageId: 'message',
  timestamp: 1700000001,
  type: 'type',
  userId: 'guest',
  appId: 'app',
};

function canonical(value) {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return 'int ' + value;
  if (Buffer.isBuffer(value)) return 'bytes ' + value.toString('hex');
  if (Array.isArray(value)) return value.map(canonical);
  if (value['!'] === 'timestamp') return 'time ' + value.value;
  return sorted(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, canonical(inner)])));
}

const sorted = (table) => Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));

function show(properties, body) {
  console.log(JSON.stringify(sorted({
    content_type: properties.contentType,
    content_encoding: properties.contentEncoding,
    delivery_mode: properties.deliveryMode,
    priority: properties.priority,
    correlation_id: properties.correlationId,
    reply_to: properties.replyTo,
    expiration: properties.expiration,
    message_id: properties.messageId,
    timestamp: properties.timestamp,
    type: properties.type,
    user_id: properties.userId,
    app_id: properties.appId,
    headers: canonical(properties.headers),
    body: body.toString(),
  })));
}

const [role, queue] = process.argv.slice(2);
const connection = await amqp.connect(process.env.AMQP_URL);
const channel = await connection.createConfirmChannel();
if (role === 'publish') {
  channel.sendToQueue(queue, Buffer.from('a body'), sent);
  await channel.waitForConfirms();
  show(sent, 'a body');
} else {
  const message = await channel.get(queue, { noAck: true });
  show(message.properties, message.content);
}
await connection.close();
