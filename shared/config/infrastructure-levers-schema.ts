/** The levers of what stands around the database: tasks, pods, the cache and storage. */
export const infrastructureLevers = {};
