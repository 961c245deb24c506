// The six RabbitMQ tutorials as an amqplib user writes them.
//
// Usage: tutorials.js ROLE ARGUMENT...   The broker is named by AMQP_URL. A receiver prints `ready` once it consumes.

import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';

async function withChannel(work) {
  const connection = await amqp.connect(process.env.AMQP_URL);
  const channel = await connection.createChannel();
  await work(channel);
  await channel.close();
  await connection.close();
}

async function consume(channel, queue, count, { noAck = true, show = (message) => message.content.toString() } = {}) {
  let remaining = Number(count);
  await new Promise(async (done) => {
    await channel.consume(queue, (message) => {
      if (remaining === 0) return; // not acked: it goes back to the queue when the channel closes
      console.log(show(message));
      if (!noAck) channel.ack(message);
      if (--remaining === 0) done();
    }, { noAck });
    console.log('ready');
  });
}

// 1. Hello World
const send = (queue, ...bodies) => withChannel(async (channel) => {
  await channel.assertQueue(queue, { durable: false });
  for (const body of bodies) {
    channel.sendToQueue(queue, Buffer.from(body));
    console.log('sent', body);
  }
});

const receive = (queue, count) => withChannel(async (channel) => {
  await channel.assertQueue(queue, { durable: false });
  await consume(channel, queue, count);
});

// 2. Work queues
const newTask = (queue, ...bodies) => withChannel(async (channel) => {
  await channel.assertQueue(queue, { durable: true });
  for (const body of bodies) {
    channel.sendToQueue(queue, Buffer.from(body), { persistent: true });
    console.log('sent', body);
  }
});

const worker = (queue, count) => withChannel(async (channel) => {
  await channel.assertQueue(queue, { durable: true });
  await channel.prefetch(1);
  await consume(channel, queue, count, { noAck: false });
});

// 3. Publish/subscribe
const emitLog = (exchange, ...bodies) => withChannel(async (channel) => {
  await channel.assertExchange(exchange, 'fanout', { durable: false });
  for (const body of bodies) {
    channel.publish(exchange, '', Buffer.from(body));
    console.log('sent', body);
  }
});

const receiveLogs = (exchange, count) => withChannel(async (channel) => {
  await channel.assertExchange(exchange, 'fanout', { durable: false });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, exchange, '');
  await consume(channel, queue, count);
});

// 4. Routing and 5. Topics: the same programs over another type of exchange
const emitLogTo = (type) => (exchange, ...keys) => withChannel(async (channel) => {
  await channel.assertExchange(exchange, type, { durable: false });
  for (const key of keys) {
    channel.publish(exchange, key, Buffer.from('about ' + key));
    console.log('sent', key);
  }
});

const receiveLogsFrom = (type) => (exchange, count, ...keys) => withChannel(async (channel) => {
  await channel.assertExchange(exchange, type, { durable: false });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (const key of keys) await channel.bindQueue(queue, exchange, key);
  await consume(channel, queue, count, { show: (message) => `${message.fields.routingKey}: ${message.content}` });
});

// 6. RPC
const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));

const rpcServer = (queue, count) => withChannel(async (channel) => {
  await channel.assertQueue(queue, { durable: false });
  await channel.prefetch(1);
  let remaining = Number(count);
  await new Promise(async (done) => {
    await channel.consume(queue, (request) => {
      const answer = Buffer.from(String(fib(Number(request.content))));
      channel.sendToQueue(request.properties.replyTo, answer, { correlationId: request.properties.correlationId });
      channel.ack(request);
      if (--remaining === 0) done();
    });
    console.log('ready');
  });
});

const rpcClient = (queue, ...numbers) => withChannel(async (channel) => {
  const callback = await channel.assertQueue('', { exclusive: true });
  const waiting = new Map();
  await channel.consume(callback.queue, (answer) => waiting.get(answer.properties.correlationId)(answer.content), {
    noAck: true,
  });
  for (const n of numbers) {
    const correlationId = randomUUID();
    const answer = new Promise((resolve) => waiting.set(correlationId, resolve));
    channel.sendToQueue(queue, Buffer.from(n), { correlationId, replyTo: callback.queue });
    console.log(`fib(${n}) = ${await answer}`);
  }
});

const roles = {
  send,
  receive,
  new_task: newTask,
  worker,
  emit_log: emitLog,
  receive_logs: receiveLogs,
  emit_log_direct: emitLogTo('direct'),
  receive_logs_direct: receiveLogsFrom('direct'),
  emit_log_topic: emitLogTo('topic'),
  receive_logs_topic: receiveLogsFrom('topic'),
  rpc_server: rpcServer,
  rpc_client: rpcClient,
};

const [role, ...args] = process.argv.slice(2);
await roles[role](...args);
