/** The build without a Redis client, which is also the one inside of the throttling plugin; it comes without types. */
declare module 'bottleneck/light.js' {
  import Bottleneck from 'bottleneck';
  export default Bottleneck;
}
