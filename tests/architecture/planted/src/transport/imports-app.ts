export const load = () => import('../app.ts');
