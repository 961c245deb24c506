// Produces and reads in a group until it is told that it is enough: restarts.js TOPIC. KAFKA names the broker.
//
// It says when it is under way. To a line of its input it says when the next record has been acknowledged; to `enough`, once
// it has read the log to its end, how many records that were acknowledged are missing there, and how many are there twice.
//
// Each record has a key. When kafkajs sends a record without one again, it chooses its partition anew, and the next record of
// the partition that it had before gets its sequence number: any broker takes that for the record that it has there already.
import kafkajs from "kafkajs";

const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 200 };
const kafka = new kafkajs.Kafka({ brokers: [process.env.KAFKA], logLevel: kafkajs.logLevel.NOTHING, retry });
const topic = process.argv[2];

let enough = false;
let asked = false;
process.stdin.on("data", (line) => (String(line) === "enough\n" ? (enough = true) : (asked = true)));

const places = new Map();
const next = new Map();
const twice = new Set();
const acknowledged = [];
let read = () => {};
const consumer = kafka.consumer({ groupId: topic, heartbeatInterval: 300, sessionTimeout: 10000, retry });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ partition, message }) => {
    if (places.size === 0) console.log("under way");
    const value = message.value.toString();
    const place = `${partition}@${message.offset}`;
    if ((places.get(value) ?? place) !== place) twice.add(value);
    places.set(value, place);
    next.set(partition, Number(message.offset) + 1);
    read();
  },
});

const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry });
await producer.connect();
for (let n = 1; !enough; n++) {
  await producer.send({ topic, messages: [{ key: String(n), value: String(n) }] });
  acknowledged.push(String(n));
  if (asked) console.log("went on");
  asked = false;
}
await producer.disconnect();

const admin = kafka.admin();
await admin.connect();
const ends = await admin.fetchTopicOffsets(topic);
const isRead = ({ partition, high }) => (next.get(partition) ?? 0) >= Number(high);
await new Promise((resolve) => {
  read = () => ends.every(isRead) && resolve();
  read();
});
console.log("missing", acknowledged.filter((value) => !places.has(value)).length, "twice", twice.size);
process.exit(0);
