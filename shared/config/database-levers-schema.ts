/** The levers of the database itself: its class, its replicas, its IOPS and the capacity of Aurora Serverless. */
export const databaseLevers = {};
