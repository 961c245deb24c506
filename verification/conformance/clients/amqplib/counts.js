// Publishes 30 messages and takes some of them in every way that a broker counts.
//
// Usage: counts.js URL QUEUE   What was done with how many is printed.

import { connect } from "amqplib";

const [url, queue] = process.argv.slice(2);
const connection = await connect(url);
const channel = await connection.createConfirmChannel();
await channel.assertQueue(queue, { durable: true });
for (let number = 0; number < 30; number++) {
  channel.sendToQueue(queue, Buffer.from(`message ${number}`), { persistent: true });
}
await channel.waitForConfirms();

await channel.prefetch(10);
await new Promise((resolve) => {
  let number = 0;
  channel.consume(queue, (message) => {
    if (message === null || number > 8) return;
    if (number < 6) channel.ack(message);
    else if (number < 8) channel.reject(message, false);
    else {
      channel.nack(message, false, true);
      resolve();
    }
    number++;
  }, { consumerTag: "counts" });
});
await channel.cancel("counts");
for (let i = 0; i < 3; i++) await channel.get(queue, { noAck: true });
channel.ack(await channel.get(queue));
await channel.close();
await connection.close();
console.log("published 30 acknowledged 7 refused 2 taken 3");
