export { routes } from '../../api/messages/routes.ts';
