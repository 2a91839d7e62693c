import '../../api/messages/routes.ts';
export { http } from '../../transport/http.ts';
