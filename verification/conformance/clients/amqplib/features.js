// What amqplib users do beyond the tutorials: confirms, mandatory, heartbeats, get, nack and reject, cancel, delays.
//
// Usage: features.js FEATURE QUEUE   The broker is named by AMQP_URL. What happened is printed line by line.

import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import amqp from 'amqplib';

const connect = (query = '') => amqp.connect(process.env.AMQP_URL + query);

async function withChannel(work, query) {
  const connection = await connect(query);
  const channel = await connection.createChannel();
  await work(channel, connection);
  await channel.close();
  await connection.close();
}

async function confirms(queue) {
  const connection = await connect();
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, { durable: true });
  for (let n = 0; n < 100; n++) channel.sendToQueue(queue, Buffer.from(String(n)), { persistent: true });
  await channel.waitForConfirms();
  console.log('confirmed 100');
  console.log('ready', (await channel.checkQueue(queue)).messageCount);
  await connection.close();
}

const mandatory = (queue) => withChannel(async (channel) => {
  const returned = once(channel, 'return');
  channel.publish('', queue, Buffer.from('nobody home'), { mandatory: true });
  const [message] = await returned;
  console.log('returned', message.fields.replyCode, message.fields.replyText, message.content.toString());
});

const heartbeats = (queue) => withChannel(async (channel) => {
  await channel.assertQueue(queue, { exclusive: true });
  console.log('ready');
  await pause(3500);
  channel.sendToQueue(queue, Buffer.from('still here'));
  console.log((await channel.get(queue, { noAck: true })).content.toString());
}, '?heartbeat=1');

const get = (queue) => withChannel(async (channel) => {
  await channel.assertQueue(queue, { durable: false });
  const empty = async () => ((await channel.get(queue)) === false ? 'True' : 'False');
  console.log('empty', await empty());
  for (const body of ['one', 'two']) channel.sendToQueue(queue, Buffer.from(body));
  for (let n = 0; n < 2; n++) {
    const message = await channel.get(queue);
    console.log(message.content.toString(), 'remaining', message.fields.messageCount);
    channel.ack(message);
  }
  console.log('empty', await empty());
});

const reject = (queue) => withChannel(async (channel) => {
  await channel.assertQueue(queue, { durable: false });
  for (const body of ['a', 'b', 'c']) channel.sendToQueue(queue, Buffer.from(body));
  await channel.prefetch(1);
  await new Promise((done) => channel.consume(queue, (message) => {
    const body = message.content.toString();
    const { redelivered } = message.fields;
    console.log(body, redelivered ? 'redelivered' : 'first');
    if (body === 'a' && !redelivered) channel.nack(message, false, true);
    else if (body === 'b' && !redelivered) channel.reject(message, true);
    else if (body === 'c') {
      channel.reject(message, false);
      done();
    } else channel.ack(message);
  }));
  console.log('ready', (await channel.checkQueue(queue)).messageCount);
});

const cancel = (queue) => withChannel(async (channel) => {
  await channel.assertQueue(queue, { durable: false });
  const { consumerTag } = await channel.consume(queue, () => {});
  await channel.cancel(consumerTag);
  console.log('cancelled by us');
  const told = new Promise((resolve) => channel.consume(queue, resolve));
  await withChannel((other) => other.deleteQueue(queue));
  console.log((await told) === null ? 'cancelled by the broker' : 'a message');
});

async function delayed(queue) {
  const connection = await connect();
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, { durable: true });
  await channel.assertExchange(queue, 'x-delayed-message', { arguments: { 'x-delayed-type': 'direct' } });
  await channel.bindQueue(queue, queue, queue);
  for (const [body, headers] of [['later', { 'x-delay': 900 }], ['soon', { 'x-delay': 300 }], ['now', {}]]) {
    channel.publish(queue, queue, Buffer.from(body), { persistent: true, headers });
  }
  await channel.waitForConfirms();
  console.log('confirmed');
  await new Promise((done) => channel.consume(queue, (message) => {
    const body = message.content.toString();
    console.log(body, message.properties.headers?.['x-delay'] ?? 'undelayed');
    if (body === 'later') done();
  }, { noAck: true }));
  await channel.deleteExchange(queue);
  await connection.close();
}

async function stream(queue) {
  const connection = await connect();
  const publisher = await connection.createConfirmChannel();
  await publisher.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'stream' } });
  for (let n = 0; n < 5; n++) publisher.sendToQueue(queue, Buffer.from(String(n)), { headers: { n } });
  await publisher.waitForConfirms();
  for (const [offset, count] of [['first', 5], [3, 2], ['1h', 5]]) {
    const channel = await connection.createChannel();
    await channel.prefetch(2);
    const seen = [];
    await new Promise((done) => channel.consume(queue, (message) => {
      seen.push(`${message.content}@${message.properties.headers['x-stream-offset']}`);
      channel.ack(message);
      if (seen.length === count) done();
    }, { arguments: { 'x-stream-offset': offset } }));
    await channel.close();
    console.log(offset, ...seen);
  }
  await connection.close();
}

const features = { confirms, mandatory, heartbeats, get, reject, cancel, delayed, stream };

const [feature, ...args] = process.argv.slice(2);
await features[feature](...args);
