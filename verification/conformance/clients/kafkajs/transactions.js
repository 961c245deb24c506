// What users of kafkajs do in transactions: transactions.js FEATURE TOPIC. KAFKA names the broker; TOPIC has 4 partitions.
import kafkajs from "kafkajs";

const kafka = new kafkajs.Kafka({ clientId: "me", brokers: [process.env.KAFKA], logLevel: kafkajs.logLevel.NOTHING });
const [feature, topic] = process.argv.slice(2);

function transactional(id) {
  return kafka.producer({ transactionalId: id, maxInFlightRequests: 1, idempotent: true });
}

async function send(transaction, ...values) {
  await transaction.send({ topic, messages: values.map((value, n) => ({ value, partition: n % 4 })) });
}

/** What a reader of committed records finds before the record that says `last`. */
async function committed(group) {
  const consumer = kafka.consumer({ groupId: group, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const values = [];
  let all;
  const enough = new Promise((resolve) => (all = resolve));
  let lasts = 0;
  await consumer.run({
    eachMessage: async ({ message }) => {
      const value = message.value.toString();
      if (value !== "last") values.push(value);
      else if (++lasts === 4) all();
    },
  });
  await enough;
  await consumer.disconnect();
  return values.sort();
}

const features = {
  async commit() {
    const producer = transactional(topic);
    await producer.connect();
    for (let n = 0; n < 10; n++) {
      const transaction = await producer.transaction();
      await send(transaction, `${n}a`, `${n}b`, `${n}c`, `${n}d`);
      await (n % 2 ? transaction.abort() : transaction.commit());
    }
    const end = await producer.transaction();
    await send(end, "last", "last", "last", "last");
    await end.commit();
    await producer.disconnect();
    console.log((await committed(topic)).join(" "));
  },

  async fence() {
    const first = transactional(topic);
    await first.connect();
    const begun = await first.transaction();
    await send(begun, "of the first");
    const second = transactional(topic);
    await second.connect();
    const other = await second.transaction();
    await send(other, "of the second");
    await other.commit();
    await begun.commit().then(
      () => console.log("committed"),
      (error) => console.log(error.type),
    );
    await second.disconnect();
    await first.disconnect();
  },

  async offsets() {
    const producer = transactional(topic);
    await producer.connect();
    const admin = kafka.admin();
    await admin.connect();
    for (const [offset, commits] of [["2", true], ["3", false]]) {
      const transaction = await producer.transaction();
      await send(transaction, "value");
      await transaction.sendOffsets({
        consumerGroupId: topic,
        topics: [{ topic, partitions: [{ partition: 0, offset }] }],
      });
      await (commits ? transaction.commit() : transaction.abort());
    }
    let found;
    do {
      found = await admin.fetchOffsets({ groupId: topic, topics: [topic] }).catch(() => undefined);
    } while (!found);
    console.log(found[0].partitions.find((one) => one.partition === 0).offset);
    await admin.disconnect();
    await producer.disconnect();
  },
};

await features[feature]();
process.exit(0);
