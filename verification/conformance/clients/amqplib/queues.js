// What amqplib users ask of their queues: lifetimes, retries by dead letters, priorities, orders, limits, one consumer.
//
// Usage: queues.js FEATURE QUEUE   The broker is named by AMQP_URL; QUEUE.dead is used too. What happened is printed.

import amqp from 'amqplib';

const declare = (channel, queue, args = {}, deadLettersTo = undefined) => channel.assertQueue(queue, {
  durable: true,
  arguments: args,
  ...(deadLettersTo && { deadLetterExchange: '', deadLetterRoutingKey: deadLettersTo }),
});

// Waits for the confirm, and is refused with it.
const publish = (channel, queue, body, options = {}) => new Promise((done, refused) => {
  channel.sendToQueue(queue, Buffer.from(body), { persistent: true, ...options }, (error) =>
    (error ? refused(error) : done()));
});

// Gets so many messages, which are acknowledged by being sent.
async function take(channel, queue, count) {
  const taken = [];
  let consumerTag;
  await new Promise((done) => {
    consumerTag = channel.consume(queue, (message) => {
      taken.push(message);
      if (taken.length === count) done();
    }, { noAck: true });
  });
  await channel.cancel((await consumerTag).consumerTag);
  return taken;
}

const bodies = (messages) => messages.map((message) => message.content.toString());
const deathsOf = (message) => message.properties.headers?.['x-death'] ?? [];
const deaths = (message) => deathsOf(message).map(({ reason, count }) => `${reason}:${count}`).join() || 'alive';
const none = (value) => value ?? 'None';

async function lifetimes(channel, queue) {
  await declare(channel, `${queue}.dead`);
  await declare(channel, queue, { 'x-message-ttl': 300 }, `${queue}.dead`);
  await publish(channel, queue, 'soon', { expiration: '1' });
  await publish(channel, queue, 'late');
  for (const message of await take(channel, `${queue}.dead`, 2)) {
    const [death] = deathsOf(message);
    const ours = death.queue === queue ? 'True' : 'False';
    console.log(message.content.toString(), deaths(message), ours, none(death['original-expiration']));
  }
}

async function retries(channel, queue) {
  await declare(channel, `${queue}.dead`, { 'x-message-ttl': 50 }, queue);
  await declare(channel, queue, {}, `${queue}.dead`);
  await publish(channel, queue, 'again');
  await new Promise((done) => channel.consume(queue, (message) => {
    const first = message.properties.headers?.['x-first-death-reason'];
    console.log(message.content.toString(), deaths(message), none(first));
    if (deathsOf(message)[1]?.count === 2) {
      channel.ack(message);
      done();
    } else channel.reject(message, false);
  }));
}

async function priorities(channel, queue) {
  await declare(channel, queue, { 'x-max-priority': 9 });
  for (const priority of [1, 9, undefined, 5, 200]) {
    await publish(channel, queue, String(none(priority)), { priority });
  }
  console.log(...bodies(await take(channel, queue, 5)));
}

async function newest_first(channel, queue) {
  await declare(channel, queue, { 'x-delivery-order': 'lifo' });
  for (const body of ['a', 'b', 'c']) await publish(channel, queue, body);
  console.log(...bodies(await take(channel, queue, 3)));
}

async function single_active(channel, queue) {
  await declare(channel, queue, { 'x-single-active-consumer': true });
  let heard;
  const consumer = (who) => channel.consume(queue, (message) => {
    console.log(who, message.content.toString());
    heard();
  }, { noAck: true });
  const first = await consumer('first');
  await consumer('second');
  const say = (body) => new Promise((done) => {
    heard = done;
    channel.sendToQueue(queue, Buffer.from(body));
  });
  await say('a');
  await say('b');
  await channel.cancel(first.consumerTag);
  await say('c');
}

async function limits(channel, queue) {
  await declare(channel, `${queue}.dead`, { 'x-max-length': 2 });
  await declare(channel, queue, { 'x-max-length': 2, 'x-overflow': 'reject-publish' });
  for (const body of ['a', 'b', 'c', 'd']) {
    await publish(channel, `${queue}.dead`, body);
    console.log(body, await publish(channel, queue, body).then(() => 'confirmed', () => 'refused'));
  }
  for (const name of [queue, `${queue}.dead`]) console.log(...bodies(await take(channel, name, 2)));
}

async function delivery_limit(channel, queue) {
  await declare(channel, `${queue}.dead`);
  await declare(channel, queue, { 'x-queue-type': 'quorum', 'x-delivery-limit': 2 }, `${queue}.dead`);
  await publish(channel, queue, 'poison');
  await new Promise((done) => channel.consume(queue, (message) => {
    const count = message.properties.headers?.['x-delivery-count'] ?? 0;
    console.log(message.content.toString(), 'came back', count, message.fields.redelivered ? 'True' : 'False');
    channel.reject(message, true);
    if (count === 2) done();
  }));
  const [dead] = await take(channel, `${queue}.dead`, 1);
  console.log(dead.content.toString(), deaths(dead));
}

const features = { lifetimes, retries, priorities, newest_first, single_active, limits, delivery_limit };

const [feature, queue] = process.argv.slice(2);
const connection = await amqp.connect(process.env.AMQP_URL);
const channel = await connection.createConfirmChannel();
await features[feature](channel, queue);
await connection.close();
