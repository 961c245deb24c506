// What users of kafkajs do in groups: groups.js FEATURE TOPIC. KAFKA names the broker; TOPIC has 4 partitions.
import kafkajs from "kafkajs";

const kafka = new kafkajs.Kafka({ clientId: "me", brokers: [process.env.KAFKA], logLevel: kafkajs.logLevel.NOTHING });
const [feature, topic] = process.argv.slice(2);

async function produce(first, last) {
  const producer = kafka.producer();
  await producer.connect();
  const messages = [];
  for (let n = first; n < last; n++) messages.push({ value: String(n), partition: n % 4 });
  await producer.send({ topic, messages });
  await producer.disconnect();
}

/** A member that calls what it is told about each record. */
async function member(onMessage = () => {}) {
  const consumer = kafka.consumer({ groupId: topic, heartbeatInterval: 300, sessionTimeout: 10000 });
  const assigned = { count: 0, changed: () => {} };
  consumer.on(consumer.events.GROUP_JOIN, (event) => {
    assigned.count = Object.values(event.payload.memberAssignment).flat().length;
    assigned.changed();
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message }) => onMessage(Number(message.value)) });
  return { consumer, assigned };
}

/** Reads so many records in the group, and leaves it, which commits. */
async function take(count) {
  const values = [];
  let all;
  const enough = new Promise((resolve) => (all = resolve));
  const { consumer } = await member((value) => values.push(value) === count && all());
  await enough;
  await consumer.disconnect();
  return values.sort((a, b) => a - b);
}

const features = {
  async commit() {
    await produce(0, 8);
    console.log(JSON.stringify(await take(8)));
    await produce(8, 12);
    console.log(JSON.stringify(await take(4)));
  },

  async share() {
    const members = [await member(), await member()];
    const until = (isTrue) =>
      new Promise((resolve) => {
        const look = () => isTrue() && resolve();
        members.forEach((one) => (one.assigned.changed = look));
        look();
      });
    await until(() => members.every((one) => one.assigned.count === 2));
    console.log("two each");
    await members[1].consumer.disconnect();
    await until(() => members[0].assigned.count === 4);
    console.log("all four");
    await members[0].consumer.disconnect();
  },

  async administer() {
    await produce(0, 4);
    await take(4);
    const admin = kafka.admin();
    await admin.connect();
    const offsets = async () =>
      (await admin.fetchOffsets({ groupId: topic, topics: [topic] }))[0].partitions.map((one) => one.offset).join();
    console.log((await admin.listGroups()).groups.some((group) => group.groupId === topic));
    console.log((await admin.describeGroups([topic])).groups[0].state);
    console.log(await offsets());
    await admin.setOffsets({ groupId: topic, topic, partitions: [{ partition: 2, offset: "0" }] });
    console.log(await offsets());
    await admin.deleteGroups([topic]);
    console.log((await admin.listGroups()).groups.some((group) => group.groupId === topic));
    await admin.disconnect();
  },
};

await features[feature]();
